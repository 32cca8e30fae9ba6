// Flowcharts, a JSON array on standard input, become what Mermaid reads in them on standard output.
// The first argument is the directory with the packages mermaid and jsdom.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(`${process.argv[2]}/x.js`);
const { JSDOM } = (await import(pathToFileURL(resolve("jsdom")))).default;
const { window } = new JSDOM("<!DOCTYPE html><body></body>", { pretendToBeVisual: true });
Object.assign(globalThis, { window, document: window.document });
const at = resolve("mermaid").replace(/[^/]*$/, "mermaid.core.mjs");
const mermaid = (await import(pathToFileURL(at))).default;
mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });

const read = async (text) => {
  await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  return {
    nodes: Object.fromEntries([...db.getVertices()].map(([id, each]) => [id, [each.text, each.type, ...each.classes]])),
    edges: db.getEdges().map((each) => [each.start, each.end, each.text, each.type, each.stroke]),
    boxes: db.getSubGraphs().map((each) => [each.title, each.nodes]),
  };
};
const results = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  results.push(await read(text).catch((error) => ({ error: String(error) })));
}
console.log(JSON.stringify(results));
