// How the server is started, and what is said where it cannot be. Needs no VS Code.
"use strict";

const os = require("node:os");
const path = require("node:path");

const DOCUMENTATION = "https://vmsnap-lint.github.io/vmsnap-lint/editors/";
const LANGUAGES = ["yaml", "helm", "json"];
const WATCHED = ["**/*.{yaml,yml,json,tpl}", "**/{kustomization,Kustomization,.helmignore,.gitignore}"];

/**
 * The program and its arguments, with `~` and `${workspaceFolder}` filled in.
 * @param {{ command?: unknown, arguments?: unknown }} settings
 * @param {string} [folder]
 */
function serverCommand(settings, folder, home = os.homedir()) {
  const named = typeof settings.command === "string" ? settings.command.trim() : "";
  const command = filledIn(named || "vmsnap-lint", folder, home);
  const given = Array.isArray(settings.arguments) ? settings.arguments : [];
  const args = given.filter((each) => typeof each === "string");
  return { command, args: ["lsp", ...args.map((each) => filledIn(each, folder, home))] };
}

/** The documents that the server is told about: files only, for their surroundings are files. */
function documentSelector() {
  return LANGUAGES.map((language) => ({ scheme: "file", language }));
}

/**
 * Where the server runs: the folder that is open, else the one of the user.
 * @param {string} [folder]
 */
function workingDirectory(folder, home = os.homedir()) {
  return folder ?? home;
}

/**
 * What a person is told where the server does not start, and the page that helps.
 * @param {any} error
 * @param {string} command
 */
function startProblem(error, command) {
  const reason = error?.code ?? "";
  const message = String(error?.message ?? error);
  if (reason === "ENOENT" || message.includes("ENOENT")) {
    return {
      message: `"${command}" is not found: install vmsnap-lint with its extra "lsp", or set vmsnap-lint.command`,
      page: DOCUMENTATION,
    };
  }
  if (reason === "EACCES" || message.includes("EACCES")) {
    return { message: `"${command}" is no program that you may run`, page: DOCUMENTATION };
  }
  return { message: `vmsnap-lint does not start: ${message}`, page: DOCUMENTATION };
}

/**
 * Whether a change of the settings needs the server to be started anew.
 * @param {(name: string) => boolean} affects
 */
function needsRestart(affects) {
  return ["enable", "command", "arguments"].some((name) => affects(`vmsnap-lint.${name}`));
}

/**
 * @param {string} text
 * @param {string | undefined} folder
 * @param {string} home
 */
function filledIn(text, folder, home) {
  const filled = folder === undefined ? text : text.replaceAll("${workspaceFolder}", () => folder);
  return filled === "~" || filled.startsWith("~/") ? path.join(home, filled.slice(1)) : filled;
}

module.exports = {
  DOCUMENTATION,
  LANGUAGES,
  WATCHED,
  documentSelector,
  needsRestart,
  serverCommand,
  startProblem,
  workingDirectory,
};
