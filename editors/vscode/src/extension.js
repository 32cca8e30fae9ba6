// Starts `vmsnap-lint lsp` and shows what it says. All that can be decided without VS Code is in server.js.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");
const server = require("./server");

const NAME = "vmsnap-lint";
/** @type {LanguageClient | undefined} */
let client;
/** @type {vscode.FileSystemWatcher[]} */
let watchers = [];
/** @type {vscode.OutputChannel | undefined} */
let output;

/** @param {vscode.ExtensionContext} context */
async function activate(context) {
  const channel = vscode.window.createOutputChannel(NAME);
  output = channel;
  context.subscriptions.push(
    channel,
    vscode.commands.registerCommand("vmsnap-lint.restart", restart),
    vscode.commands.registerCommand("vmsnap-lint.showOutput", () => channel.show()),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (server.needsRestart((/** @type {string} */ name) => event.affectsConfiguration(name))) {
        await restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
  );
  await start();
}

async function deactivate() {
  await stop();
}

async function restart() {
  await stop();
  await start();
}

async function start() {
  const settings = vscode.workspace.getConfiguration(NAME);
  if (!settings.get("enable")) {
    return;
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const { command, args } = server.serverCommand(
    { command: settings.get("command"), arguments: settings.get("arguments") },
    folder,
  );
  const run = { command, args, transport: TransportKind.stdio, options: { cwd: server.workingDirectory(folder) } };
  watchers = server.WATCHED.map((glob) => vscode.workspace.createFileSystemWatcher(glob));
  client = new LanguageClient(NAME, NAME, { run, debug: run }, {
    documentSelector: server.documentSelector(),
    ...(output && { outputChannel: output }),
    synchronize: { configurationSection: NAME, fileEvents: watchers },
  });
  try {
    await client.start();
  } catch (error) {
    await stop();
    await tell(server.startProblem(error, command));
  }
}

async function stop() {
  const running = client;
  client = undefined;
  watchers.splice(0).forEach((watcher) => watcher.dispose());
  if (running?.needsStop()) {
    await running.stop();
  }
}

/** @param {{ message: string, page: string }} problem */
async function tell(problem) {
  output?.appendLine(problem.message);
  const answer = await vscode.window.showErrorMessage(problem.message, "How to install it");
  if (answer !== undefined) {
    await vscode.env.openExternal(vscode.Uri.parse(problem.page));
  }
}

module.exports = { activate, deactivate };
