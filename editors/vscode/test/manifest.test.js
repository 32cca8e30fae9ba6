"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const server = require("../src/server");

const root = path.join(__dirname, "..");
const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
const source = fs.readFileSync(path.join(root, "src", "extension.js"), "utf8");
const properties = manifest.contributes.configuration.properties;

/** The texts that a pattern captures in the source of the extension. */
function captured(pattern) {
  return [...source.matchAll(pattern)].map((match) => match[1]);
}

test("each command is declared and registered", () => {
  const declared = manifest.contributes.commands.map((each) => each.command);
  assert.deepEqual(captured(/registerCommand\("([^"]+)"/g).sort(), declared.sort());
});

test("each setting that is read is declared, and the other way round", () => {
  const read = captured(/settings\.get\("([^"]+)"\)/g).map((name) => `vmsnap-lint.${name}`);
  // the client itself reads the one of the trace
  assert.deepEqual([...read, "vmsnap-lint.trace.server"].sort(), Object.keys(properties).sort());
});

test("it is activated by the languages of the server", () => {
  assert.deepEqual(manifest.activationEvents, server.LANGUAGES.map((name) => `onLanguage:${name}`));
});

test("a workspace that is not trusted cannot name the program", () => {
  const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  assert.equal(supported, "limited");
  for (const name of ["command", "arguments"]) {
    assert.ok(restrictedConfigurations.includes(`vmsnap-lint.${name}`));
    assert.equal(properties[`vmsnap-lint.${name}`].scope, "machine-overridable");
  }
});

test("defaults have the type that is declared", () => {
  for (const [name, { type, default: value }] of Object.entries(properties)) {
    assert.equal(Array.isArray(value) ? "array" : typeof value, type, name);
  }
});

test("the entry point is there", () => {
  assert.ok(fs.existsSync(path.join(root, manifest.main)));
});
