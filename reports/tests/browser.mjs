// Debian's Chromium behind a pipe: reads one JSON command a line, answers each with one line. browser.py speaks to it.
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const browser = await chromium.launch({ executablePath: process.argv[2], args: ["--hide-scrollbars", "--disable-quic"] });
const tabs = new Map();
const PATIENCE_MS = 10_000;

const commands = {
  async open({ url, width, height, dark, script }) {
    const context = await browser.newContext({
      viewport: { width, height }, colorScheme: dark ? "dark" : "light", javaScriptEnabled: script });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const troubles = [];
    page.on("console", said => troubles.push(`${said.type()}: ${said.text()}`));
    page.on("pageerror", error => troubles.push(`error: ${error.message}`));
    page.on("request", asked => {
      if (asked.url() !== url && !asked.url().startsWith("data:")) troubles.push(`asked for ${asked.url()}`);
    });
    await page.goto(url);
    tabs.set(tabs.size, { context, page, troubles });
    return tabs.size - 1;
  },
  run: ({ tab, script }) => tabs.get(tab).page.evaluate(script),
  click: ({ tab, selector }) => tabs.get(tab).page.click(selector),
  hover: ({ tab, selector }) => tabs.get(tab).page.hover(selector),
  fill: ({ tab, selector, text }) => tabs.get(tab).page.fill(selector, text),
  size: ({ tab, width, height }) => tabs.get(tab).page.setViewportSize({ width, height }),
  media: ({ tab, kind }) => tabs.get(tab).page.emulateMedia({ media: kind }),
  picture: ({ tab, path, whole }) => tabs.get(tab).page.screenshot({ path, fullPage: whole }).then(() => null),
  print: ({ tab, path }) => tabs.get(tab).page.pdf({ path, format: "A4" }).then(() => null),
  troubles: ({ tab }) => tabs.get(tab).troubles,
  close: ({ tab }) => tabs.get(tab).context.close(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...what } = JSON.parse(line);
  const answer = await Promise.resolve(commands[command](what)).then(value => ({ value }), error => ({ error: error.message }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
