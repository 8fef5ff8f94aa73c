// What is wrong with the report as it is shown, as a list of sentences. `expected` says what its graph shows: the names of its triggers, a text of
// each of its notes, and whether it is wider than the page.
(expected) => {
  const wrong = [];
  const name = (element) => `<${element.tagName} class="${element.getAttribute("class") ?? ""}"> ${element.textContent.trim().slice(0, 40)}`;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Cards show that they open: a mark, the cursor, and the keyboard gets there.
  for (const summary of all("summary")) {
    const mark = getComputedStyle(summary, "::before");
    const drawn = mark.content !== "none" && parseFloat(mark.width) > 4 && parseFloat(mark.borderRightWidth) > 0;
    if (!drawn) wrong.push(`no mark that it opens: ${name(summary)}`);
    if (getComputedStyle(summary).cursor !== "pointer" || summary.tabIndex < 0) wrong.push(`not to be opened: ${name(summary)}`);
  }
  // A click in the graph opens the card of the node.
  const link = all(".picture a").at(-1);
  const target = document.getElementById(link.getAttribute("href").slice(1));
  link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  if (!target.closest("details").open) wrong.push("a click in the graph opens nothing");

  // What is said of an error leads to its node in the graph, wherever that stands.
  for (const way of all("main > .problem a[href^='#g']")) {
    way.click();
    const [box, room] = [document.querySelector(way.getAttribute("href")), document.querySelector(".picture")].map((it) => it.getBoundingClientRect());
    if (box.left < room.left || box.right > room.right) wrong.push(`not brought into view: ${name(way)}`);
  }

  // A card's mark, its sign and its heading share a line.
  for (const summary of all(".card > summary")) {
    const [sign, heading] = [".mark", "h3"].map((part) => summary.querySelector(part).getBoundingClientRect());
    if (heading.top > sign.bottom || heading.left < sign.right) wrong.push(`the sign stands alone: ${name(summary)}`);
  }
  // Red is what failed, not all that is said of the run.
  for (const part of all("h1, dd")) {
    if (getComputedStyle(part).color !== getComputedStyle(document.body).color) wrong.push(`in the colour of an error: ${name(part)}`);
  }

  for (const details of all("details")) details.open = true;

  // The page itself scrolls downwards alone.
  const page = document.scrollingElement;
  if (page.scrollWidth > page.clientWidth) wrong.push(`the page is ${page.scrollWidth} wide, and ${page.clientWidth} are shown`);

  // Text is cut nowhere: it is within its element, or in a box that scrolls.
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const boxed = (element) => {
    for (let at = element; at !== document.body; at = at.parentElement) if (scrolls(at)) return at;
    return null;
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() && !node.parentElement.closest("style,title,svg")) texts.push(node);
  }
  for (const node of texts) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 0);
    const parent = node.parentElement;
    const block = parent.closest("td,th,p,pre,dd,li,h1,h2,h3,summary,label,.scale,.row") ?? parent;
    const bounds = block.getBoundingClientRect();
    const right = Math.max(...rects.map((rect) => rect.right));
    // A space at the end of a line may hang over.
    const slack = getComputedStyle(block).whiteSpace === "pre-wrap" ? 6 : 1;
    if (!scrolls(block) && right > bounds.right + slack) wrong.push(`text leaves its element: ${name(parent)}`);
    if (!boxed(parent) && right > page.clientWidth) wrong.push(`text leaves the page: ${name(parent)}`);
    if (block.matches(".word,.number,.nothing") && rects.length > 1) wrong.push(`a value is broken: ${name(block)}`);
    for (let at = parent; at !== document.body; at = at.parentElement) {
      const hides = getComputedStyle(at).overflowX === "hidden" || getComputedStyle(at).overflowX === "clip";
      if (hides && at.scrollWidth > at.clientWidth) wrong.push(`text is hidden: ${name(at)}`);
    }
  }

  // What scrolls stays within its card.
  for (const box of all(".card .scroll, .card pre")) {
    const card = box.closest(".json,.card");
    if (box.getBoundingClientRect().right > card.getBoundingClientRect().right - 4) wrong.push(`a box leaves its card: ${name(box)}`);
  }

  // Boxes of the graph hold their names; what is written beside them covers nothing, and is covered by nothing.
  const inside = (inner, outer, slack = 1) =>
    inner.left >= outer.left - slack && inner.right <= outer.right + slack && inner.top >= outer.top - slack && inner.bottom <= outer.bottom + slack;
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const boxes = all(".kv-box").map((box) => ({ box, rect: box.querySelector(".kv-node").getBoundingClientRect() }));
  for (const { box, rect } of boxes) {
    for (const text of all("text", box)) if (!inside(text.getBoundingClientRect(), rect)) wrong.push(`a name leaves its box: ${name(text)}`);
  }
  const labels = all(".kv-label").map((label) => ({ label, rect: label.getBoundingClientRect() }));
  labels.forEach(({ label, rect }, index) => {
    for (const other of boxes) if (meet(rect, other.rect)) wrong.push(`a label and a box cover each other: ${name(label)}`);
    for (const other of labels.slice(index + 1)) if (meet(rect, other.rect)) wrong.push(`labels cover each other: ${name(label)}, ${name(other.label)}`);
  });
  // A count stands behind the name it belongs to, in whichever direction the name is written.
  for (const { label } of labels) {
    const text = label.firstChild.data;
    const behind = text.lastIndexOf(": ");
    const end = (index) => Math.max(label.getStartPositionOfChar(index).x, label.getEndPositionOfChar(index).x);
    if (behind > 0 && [...text.slice(0, behind)].some((_, index) => end(index) > label.getStartPositionOfChar(behind).x + 1)) wrong.push(`a count within a name: ${name(label)}`);
  }
  for (const list of all(".list > summary")) {
    // Where both are broken over lines, the end of the one and the beginning of the other.
    const [of, count] = [list.querySelector("bdi"), list.querySelector(".muted")].map((part) => [...(part?.getClientRects() ?? [])]);
    const [end, begin] = [of.at(-1), count[0]];
    if (end && end.top < begin.bottom && begin.top < end.bottom && end.right > begin.left + 1) wrong.push(`a count before its name: ${name(list)}`);
  }
  for (const text of all(".kv-text")) {
    const sheet = text.parentElement.querySelector("rect").getBoundingClientRect();
    if (!inside(text.getBoundingClientRect(), sheet)) wrong.push(`text leaves its note: ${name(text)}`);
    if (boxes.some(({ rect }) => meet(rect, text.getBoundingClientRect()))) wrong.push(`a box covers a note's text: ${name(text)}`);
  }
  // Triggers have a shape of their own, and nobody else has.
  const triggers = boxes.filter(({ box }) => box.querySelector(".kv-bolt") && box.querySelector(".kv-node").tagName === "path");
  const called = triggers.map(({ box }) => box.querySelector("title").textContent.replace(/ \([^(]*\)$/, "")).sort();
  if (called.join() !== [...expected.triggers].sort().join()) wrong.push(`drawn as triggers: ${called.join(", ")}`);
  // Notes show their text, on the sheet and below the graph.
  const [sheets, listed] = [all(".kv-text"), all(".notes p")];
  for (const text of expected.notes) {
    if (!sheets.some((line) => line.textContent.includes(text))) wrong.push(`not on its note: ${text}`);
    if (!listed.some((note) => note.textContent.includes(text))) wrong.push(`not in the list of notes: ${text}`);
  }
  // The graph scrolls in its own box, where every node is to be seen and clicked.
  const frame = document.querySelector(".picture");
  if (expected.scrolls !== frame.scrollWidth > frame.clientWidth) wrong.push(`the graph is ${frame.scrollWidth} wide, and its box ${frame.clientWidth}`);
  if (!scrolls(frame)) wrong.push("the graph does not scroll");
  for (const { box } of boxes) {
    const shape = box.querySelector(".kv-node");
    shape.scrollIntoView({ block: "center", inline: "center" });
    const { left, top, width, height } = shape.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    if (!box.contains(hit)) wrong.push(`covered by ${hit ? name(hit) : "nothing to be seen"}: ${name(box)}`);
  }
  const graph = document.querySelector(".picture svg");
  if (graph.getBoundingClientRect().width < graph.viewBox.baseVal.width - 1) wrong.push("the graph is shrunk");

  // Contrast, as WCAG 2 counts it: AA for text, 3 to 1 for what is drawn.
  const colour = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  };
  const light = ({ red, green, blue }) => {
    const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
  };
  const contrast = (a, b) => {
    const [low, high] = [light(colour(a)), light(colour(b))].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (colour(backgroundColor).alpha === 1) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const needs = (least, found, what) => found < least && wrong.push(`contrast ${found.toFixed(2)} of ${what}`);
  const seen = new Set();
  for (const { parentElement } of texts) {
    const style = getComputedStyle(parentElement);
    const key = `${style.color} ${behind(parentElement)}`;
    if (!seen.has(key)) needs(4.5, contrast(style.color, behind(parentElement)), name(parentElement));
    seen.add(key);
  }
  const fill = (element) => getComputedStyle(element).fill;
  const canvas = fill(document.querySelector(".kv-back"));
  for (const { box } of boxes) {
    const shape = box.querySelector(".kv-node");
    for (const text of all("text", box)) needs(4.5, contrast(fill(text), fill(shape)), name(text));
    if (!box.matches(".kv-notrun,.kv-disabled")) needs(3, contrast(getComputedStyle(shape).stroke, canvas), `the box of ${name(box)}`);
  }
  for (const { label } of labels) needs(4.5, contrast(fill(label), getComputedStyle(label).stroke), name(label));
  for (const text of all(".kv-text")) needs(4.5, contrast(fill(text), fill(text.parentElement.querySelector("rect"))), name(text));
  for (const bar of all(".track i")) needs(3, contrast(getComputedStyle(bar).backgroundColor, behind(bar.parentElement)), `the bar of ${name(bar.closest(".row"))}`);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  if (light(colour(behind(document.body))) < 0.2 !== dark) wrong.push("the page is not as light or dark as whoever reads it likes it");
  return [...new Set(wrong)];
}
