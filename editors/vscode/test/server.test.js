"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const server = require("../src/server");

test("the program is the one of the settings, with its arguments after lsp", () => {
  assert.deepEqual(server.serverCommand({}, "/work"), { command: "vmsnap-lint", args: ["lsp"] });
  assert.deepEqual(
    server.serverCommand({ command: " /opt/v ", arguments: ["--config", "x"] }, "/work"),
    { command: "/opt/v", args: ["lsp", "--config", "x"] },
  );
});

test("settings of another type are left out", () => {
  assert.deepEqual(server.serverCommand({ command: "", arguments: "no" }, undefined).args, ["lsp"]);
  assert.deepEqual(server.serverCommand({ arguments: ["a", 1, null] }, undefined).args, ["lsp", "a"]);
});

test("the home and the folder are filled in", () => {
  const { command, args } = server.serverCommand(
    { command: "~/bin/v", arguments: ["${workspaceFolder}/c.yaml", "~"] }, "/work", "/home/me",
  );
  assert.equal(command, "/home/me/bin/v");
  assert.deepEqual(args, ["lsp", "/work/c.yaml", "/home/me"]);
});

test("a folder with a dollar sign is taken as it is", () => {
  const { command } = server.serverCommand({ command: "${workspaceFolder}/v" }, "/a$&b");
  assert.equal(command, "/a$&b/v");
});

test("without a folder its variable stays, and the server runs at home", () => {
  assert.equal(server.serverCommand({ command: "${workspaceFolder}/v" }).command, "${workspaceFolder}/v");
  assert.equal(server.workingDirectory(undefined, "/home/me"), "/home/me");
  assert.equal(server.workingDirectory("/work", "/home/me"), "/work");
});

test("only files are told to the server", () => {
  assert.deepEqual(server.documentSelector().map((each) => each.scheme), ["file", "file", "file"]);
  assert.deepEqual(server.documentSelector().map((each) => each.language), ["yaml", "helm", "json"]);
});

test("a program that is missing is named, with what to do", () => {
  const missing = server.startProblem({ code: "ENOENT", message: "spawn v ENOENT" }, "v");
  assert.match(missing.message, /^"v" is not found: install .* or set vmsnap-lint.command$/);
  assert.equal(missing.page, server.DOCUMENTATION);
  assert.match(server.startProblem(new Error("spawn v ENOENT"), "v").message, /is not found/);
  assert.match(server.startProblem({ code: "EACCES", message: "" }, "v").message, /may run/);
  assert.equal(server.startProblem("odd", "v").message, "vmsnap-lint does not start: odd");
});

test("only settings of the program need a new start", () => {
  const changed = (...names) => server.needsRestart((name) => names.includes(name));
  assert.ok(changed("vmsnap-lint.command"));
  assert.ok(changed("vmsnap-lint.arguments"));
  assert.ok(changed("vmsnap-lint.enable"));
  assert.ok(!changed("vmsnap-lint.trace.server"));
  assert.ok(!changed("editor.fontSize"));
});
