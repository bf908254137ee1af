// Opens pages of graphlake in Chromium, of report from files and of schedule by HTTP, the first in both themes and two widths, the others narrow in the light one and wide
// in the dark one, and fails if one asks for anything, says an
// error, is wider than the screen, lacks a chart, cannot be walked through by keyboard, or breaks a rule of axe.
//
//	node internal/pagecheck/check.js MODULES CHROMIUM SHOTS PAGE...
//
// A page is a file, or NAME=URL of one that refreshes itself: it has to, and to stop when it is told to. MODULES is where puppeteer-core
// and axe-core are installed; screenshots go to the directory SHOTS.
// The last line is: pagecheck pages=N views=N charts=N.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const [modules, chromium, shots, ...pages] = process.argv.slice(2);
const from = createRequire(path.resolve(modules, "package.json"));
const puppeteer = from("puppeteer-core");
const axe = fs.readFileSync(from.resolve("axe-core/axe.min.js"), "utf8");

async function main() {
  if (pages.length === 0) throw new Error("no page was named");
  fs.mkdirSync(shots, { recursive: true });
  const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"] });
  const faults = [];
  let views = 0;
  let charts = 0;
  try {
    for (const file of pages) {
      const served = /^([\w-]+)=(http:.*)$/.exec(file);
      const url = served ? served[2] : "file://" + path.resolve(file);
      const page = served ? served[1] : path.basename(file, ".html");
      for (const [theme, width] of file === pages[0] ? [["light", 400], ["light", 1280], ["dark", 400], ["dark", 1280]] : [["light", 400], ["dark", 1280]]) {
        const name = `${page}-${theme}-${width}`;
        const say = (what) => faults.push(`${name}: ${what}`);
        const tab = await browser.newPage();
        tab.on("console", (m) => { if (["error", "warn"].includes(m.type())) say(`console: ${m.text()}`); });
        tab.on("pageerror", (e) => say(`error: ${e.message}`));
        tab.on("request", (r) => { if (r.url() !== url) say(`asks for ${r.url()}`); });
        await tab.setViewport({ width, height: 900 });
        await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
        await tab.goto(url);
        charts += await look(tab, width, say);
        const tall = await tab.evaluate(() => document.documentElement.scrollHeight);
        await tab.screenshot({ path: path.join(shots, name + ".png"), fullPage: tall < 12000 }); // of a taller one what is seen first
        if (served) await refreshes(tab, say);
        views++;
        await tab.close();
      }
      await withoutScripts(browser, url, served, (what) => faults.push(`${page}: ${what}`));
    }
  } finally {
    await browser.close();
  }
  for (const fault of faults) console.error(fault);
  console.log(`pagecheck pages=${pages.length} views=${views} charts=${charts}`);
  if (faults.length > 0) process.exitCode = 1;
}

// look is everything that is asked of one view; the number of charts is returned.
async function look(tab, width, say) {
  await tab.evaluate(() => window.dispatchEvent(new Event("beforeprint"))); // draws what is out of sight, too
  const seen = await tab.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    figures: document.querySelectorAll("figure").length,
    drawn: document.querySelectorAll("figure svg[role=img][aria-label]").length,
    marks: [...document.querySelectorAll("figure svg")].filter((s) => s.querySelector("rect, path, circle") === null).length,
    tables: document.querySelectorAll("table").length,
    links: document.querySelectorAll("a[href], [tabindex='0']").length,
    foreign: document.querySelectorAll("b, img, iframe").length,
  }));
  if (seen.wide > width) say(`is ${seen.wide} wide`);
  if (seen.drawn !== seen.figures) say(`${seen.drawn} of ${seen.figures} charts are drawn`);
  if (seen.marks > 0) say(`${seen.marks} charts show nothing`);
  if (seen.tables < seen.figures) say("a chart has no table");
  if (seen.foreign > 0) say("a name became an element");
  let focused = 0;
  for (let i = 0; i < Math.min(seen.links, 12); i++) {
    await tab.keyboard.press("Tab");
    focused += await tab.evaluate(() => {
      const at = document.activeElement;
      return at !== document.body && getComputedStyle(at).outlineStyle !== "none" ? 1 : 0;
    });
  }
  if (focused < Math.min(seen.links, 12)) say(`Tab shows ${focused} of ${Math.min(seen.links, 12)} places`);
  await tab.evaluate(axe); // the browser's debugger may run what the page's own policy forbids
  const found = await tab.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ["violations"] });
    return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.length} × ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary}`);
  });
  for (const violation of found) say(`axe: ${violation}`);
  return seen.drawn;
}

// refreshes asks for a refresh as a tab does that is looked at again: what was on the page is replaced, but not when that was stopped.
async function refreshes(tab, say) {
  const ask = () => tab.evaluate(() => {
    document.getElementById("content").dataset.old = "yes";
    document.dispatchEvent(new Event("visibilitychange"));
  });
  const [answer] = await Promise.all([tab.waitForResponse(() => true, { timeout: 5000 }), ask()]);
  if (!answer.headers()["content-security-policy"]) say("comes without a policy");
  await tab.waitForFunction(() => !document.getElementById("content").dataset.old, { timeout: 5000 }).catch(() => say("does not refresh itself"));
  await tab.click("#pause");
  let asked = false;
  tab.on("request", () => { asked = true; });
  await ask();
  if ((await tab.$eval("#pause", (b) => b.getAttribute("aria-pressed"))) !== "true" || asked) say("cannot be stopped");
  if ((await tab.$eval("#said", (s) => s.textContent)) === "") say("does not say that it was stopped");
}

async function withoutScripts(browser, url, served, say) {
  const tab = await browser.newPage();
  await tab.setJavaScriptEnabled(false);
  await tab.goto(url);
  if (served && (await tab.$$("noscript meta[http-equiv=refresh], head > meta[http-equiv=refresh]")).length === 0) say("without scripts it does not refresh itself");
  const bare = await tab.$$eval("table", (all) => all.filter((t) => t.offsetHeight === 0 || !/\d/.test(t.innerText)).length);
  if (bare > 0) say(`without scripts ${bare} tables have no numbers`);
  const shown = await tab.$$eval("figure", (all) => all.filter((f) => f.offsetHeight > 0).length);
  if (shown > 0) say("without scripts there are empty charts");
  await tab.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
