// Talks to the real program, where it is installed with its extra: VMSNAP_LINT names another one.
"use strict";

const assert = require("node:assert/strict");
const { spawn, spawnSync } = require("node:child_process");
const test = require("node:test");
const { serverCommand } = require("../src/server");

const program = process.env.VMSNAP_LINT ?? "vmsnap-lint";
const { command, args } = serverCommand({ command: program }, process.cwd());
const help = spawnSync(command, ["lsp", "--help"], { encoding: "utf8" });
const skip = help.stdout?.includes(" lsp ") ? false : `${program} has no lsp here`;

/** The first message that a server sends after it got these. */
function firstAnswer(messages) {
  return new Promise((resolve, reject) => {
    const server = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    let received = Buffer.alloc(0);
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    server.stdout.on("data", (data) => {
      received = Buffer.concat([received, data]);
      const end = received.indexOf("\r\n\r\n");
      const length = end < 0 ? undefined : /Content-Length: (\d+)/i.exec(received.toString("latin1", 0, end));
      if (length && received.length >= end + 4 + Number(length[1])) {
        server.removeAllListeners("exit");
        server.kill();
        resolve(JSON.parse(received.toString("utf8", end + 4, end + 4 + Number(length[1]))));
      }
    });
    for (const message of messages) {
      const body = JSON.stringify(message);
      server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    }
  });
}

test("the server answers", { skip, timeout: 60_000 }, async () => {
  const params = { processId: process.pid, rootUri: null, capabilities: {} };
  const answer = await firstAnswer([{ jsonrpc: "2.0", id: 1, method: "initialize", params }]);
  assert.equal(answer.id, 1);
  const { capabilities } = answer.result;
  for (const name of ["hoverProvider", "definitionProvider", "referencesProvider", "renameProvider",
    "completionProvider", "documentSymbolProvider", "codeLensProvider", "codeActionProvider"]) {
    assert.ok(capabilities[name], name);
  }
});
