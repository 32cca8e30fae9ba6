// The extension with a stand-in for what only VS Code has: what it registers, starts, stops and tells.
"use strict";

const assert = require("node:assert/strict");
const Module = require("node:module");
const test = require("node:test");

/** An editor whose settings and server are these, and what was done to it. */
function editor({ settings = {}, failure } = {}) {
  const seen = { commands: {}, told: [], opened: [], clients: [], listeners: {}, watchers: [] };
  const values = { enable: true, command: "vmsnap-lint", arguments: [], ...settings };
  const vscode = {
    window: {
      createOutputChannel: () => ({ appendLine: (line) => seen.told.push(line), show() {} }),
      showErrorMessage: async (_message, ...answers) => answers[0],
    },
    commands: { registerCommand: (name, call) => ((seen.commands[name] = call), {}) },
    env: { openExternal: async (page) => seen.opened.push(page) },
    Uri: { parse: (text) => text },
    workspace: {
      workspaceFolders: [{ uri: { fsPath: "/work" } }],
      getConfiguration: () => ({ get: (name) => values[name] }),
      onDidChangeConfiguration: (call) => ((seen.listeners.change = call), {}),
      onDidGrantWorkspaceTrust: (call) => ((seen.listeners.trust = call), {}),
      createFileSystemWatcher: (glob) => {
        const watcher = { glob, isDisposed: false, dispose: () => (watcher.isDisposed = true) };
        seen.watchers.push(watcher);
        return watcher;
      },
    },
  };
  class LanguageClient {
    constructor(id, name, run, options) {
      Object.assign(this, { id, name, run, options, state: "new" });
      seen.clients.push(this);
    }
    async start() {
      if (failure) throw failure;
      this.state = "started";
    }
    needsStop() {
      return this.state === "started";
    }
    async stop() {
      this.state = "stopped";
    }
  }
  const standIns = { vscode, "vscode-languageclient/node": { LanguageClient, TransportKind: { stdio: 0 } } };
  const load = Module._load;
  Module._load = (name, ...rest) => standIns[name] ?? load(name, ...rest);
  try {
    const path = require.resolve("../src/extension");
    delete require.cache[path];
    return { seen, values, extension: require(path) };
  } finally {
    Module._load = load;
  }
}

test("it starts the server in the folder, for the documents that are files", async () => {
  const { seen, extension } = editor({ settings: { arguments: ["--config", "c.yaml"] } });
  const subscriptions = [];
  await extension.activate({ subscriptions });
  const [client] = seen.clients;
  assert.equal(client.state, "started");
  assert.deepEqual(client.run.run.args, ["lsp", "--config", "c.yaml"]);
  assert.equal(client.run.run.options.cwd, "/work");
  assert.equal(client.options.documentSelector.length, 3);
  assert.equal(client.options.synchronize.fileEvents.length, seen.watchers.length);
  assert.ok(subscriptions.length >= 5);
  await extension.deactivate();
  assert.equal(client.state, "stopped");
});

test("a server that is missing is told, with the page that helps", async () => {
  const failure = Object.assign(new Error("spawn ENOENT"), { code: "ENOENT" });
  const { seen, extension } = editor({ failure });
  await extension.activate({ subscriptions: [] });
  assert.match(seen.told[0], /"vmsnap-lint" is not found/);
  assert.match(seen.opened[0], /editors/);
  assert.ok(seen.watchers.every((watcher) => watcher.isDisposed));
  await extension.deactivate();
});

test("it is started anew where its settings change, and by the command", async () => {
  const { seen, extension } = editor();
  await extension.activate({ subscriptions: [] });
  await seen.listeners.change({ affectsConfiguration: (name) => name === "vmsnap-lint.command" });
  await seen.listeners.change({ affectsConfiguration: () => false });
  await seen.commands["vmsnap-lint.restart"]();
  assert.deepEqual(seen.clients.map((client) => client.state), ["stopped", "stopped", "started"]);
  const open = seen.watchers.filter((watcher) => !watcher.isDisposed);
  assert.equal(open.length, seen.watchers.length / 3);
});

test("it does nothing where it is disabled, until it is enabled", async () => {
  const { seen, values, extension } = editor({ settings: { enable: false } });
  await extension.activate({ subscriptions: [] });
  assert.equal(seen.clients.length, 0);
  values.enable = true;
  await seen.listeners.change({ affectsConfiguration: (name) => name === "vmsnap-lint.enable" });
  assert.equal(seen.clients.length, 1);
});
