// Filters the objects of the page. All content is in the HTML; the state is in the fragment.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const filter = byId("filter"), query = byId("q"), cluster = byId("cluster");
  const boxes = [...filter.querySelectorAll("input[type=checkbox]")];
  const sections = [...document.querySelectorAll("main > section")];
  const entries = sections.flatMap((section, at) =>
    [...section.querySelectorAll("article")].map((node) => ({
      node, at, text: "", hidden: false, cluster: section.dataset.cluster ?? "",
      verdict: node.dataset.verdict, kind: node.dataset.kind,
    })));

  const textOf = (entry) => (entry.text ||= entry.node.textContent.toLowerCase());
  const chosen = (name) =>
    new Set(boxes.filter((box) => box.name === name && box.checked).map((box) => box.value));

  function apply() {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = chosen("verdict"), kinds = chosen("kind");
    const only = cluster && cluster.selectedIndex > 0 ? cluster.value : null;
    const counts = sections.map(() => 0);
    for (const entry of entries) {
      const fits = (!verdicts.size || verdicts.has(entry.verdict))
        && (!kinds.size || kinds.has(entry.kind))
        && (only === null || only === entry.cluster)
        && words.every((word) => textOf(entry).includes(word));
      if (entry.hidden === fits) {
        entry.hidden = entry.node.hidden = !fits;
      }
      counts[entry.at] += fits;
    }
    sections.forEach((section, at) => { section.hidden = !counts[at]; });
    const number = counts.reduce((sum, count) => sum + count, 0);
    const hint = number || !entries.length ? "" : ": nothing fits all of these choices";
    byId("shown").textContent = `${number} of ${entries.length} shown${hint}`;
  }

  function save() {
    const state = new URLSearchParams();
    if (query.value) state.set("q", query.value);
    boxes.filter((box) => box.checked).forEach((box) => state.append(box.name, box.value));
    if (cluster && cluster.selectedIndex > 0) state.set("cluster", cluster.value);
    try {
      history.replaceState(null, "", `#${state}`);
    } catch {
      // a frame without an origin has no address to keep
    }
  }

  function restore() {
    const fragment = location.hash.slice(1);
    if (fragment && !fragment.includes("=")) return; // an object of the page
    const state = new URLSearchParams(fragment);
    query.value = state.get("q") ?? "";
    boxes.forEach((box) => { box.checked = state.getAll(box.name).includes(box.value); });
    if (cluster) {
      const name = state.get("cluster");
      const at = [...cluster.options].findIndex((option, at) => at > 0 && option.value === name);
      cluster.selectedIndex = name === null ? 0 : Math.max(0, at);
    }
    apply();
  }

  let timer = 0;
  function changed() {
    clearTimeout(timer);
    timer = setTimeout(() => { apply(); save(); }, 80);
  }

  function clear() {
    query.value = "";
    boxes.forEach((box) => { box.checked = false; });
    if (cluster) cluster.selectedIndex = 0;
    changed();
  }

  function toggle(open) {
    entries.filter((entry) => !entry.hidden).forEach((entry) => {
      entry.node.querySelectorAll("details").forEach((each) => { each.open = open; });
    });
  }

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
      clear();
    } else if (event.key === "/" && !event.target.closest("input[type=search], select")) {
      event.preventDefault();
      query.focus();
      query.select();
    }
  }

  filter.addEventListener("input", changed);
  byId("clear").addEventListener("click", () => { clear(); query.focus(); });
  byId("open").addEventListener("click", () => toggle(true));
  byId("close").addEventListener("click", () => toggle(false));
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the fragment keeps the filter
    byId("objects").focus();
  });
  document.addEventListener("keydown", pressed);
  addEventListener("hashchange", restore);
  filter.hidden = !entries.length;
  restore();
})();
