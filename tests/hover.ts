/**
 * Opens a page in Chromium, points at an element and prints as JSON what the page then says. A
 * program of its own, as what drives the browser wants every permission.
 */
import { chromium } from "playwright-core";

const [executablePath, address, selector, place] = Deno.args as [string, string, string, string];
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(address);
  await page.locator(selector).nth(Number(place)).hover();
  await page.waitForSelector("#tip:visible");
  console.log(JSON.stringify({ text: await page.textContent("#tip"), said, asked }));
} finally {
  await browser.close();
}
