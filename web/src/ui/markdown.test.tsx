import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markdown, plainText, safeHref } from "./markdown";

const html = (text: string) => renderToStaticMarkup(<Markdown text={text} />);

describe("Markdown", () => {
  it("has emphasis, lists, tables and code", () => {
    const out = html(
      "One row per **order**.\n\n- a\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n```sql\nselect 1 < 2\n```",
    );
    for (const part of ["<strong>order</strong>", "<li>a</li>", "<td>1</td>", "select 1 &lt; 2"])
      expect(out).toContain(part);
  });

  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>1</script>)",
    "![x](http://tracker.example/a.png)",
    '<a href="javascript:alert(1)">x</a>',
    "[x]( &#106;avascript:alert(1))",
    "<svg/onload=alert(1)>",
    "[x](vbscript:1)",
  ])("is inert: %s", (text) => {
    const out = html(text);
    expect(out).not.toMatch(/<(script|img|svg|iframe|style|a href="(?!https?:|mailto:))/i);
    expect(out).not.toMatch(/href="(javascript|data|vbscript)/i);
  });

  it("links only to schemes that run nothing", () => {
    expect(safeHref("https://example.com/a")).toBe("https://example.com/a");
    expect(safeHref("mailto:a@example.com")).toBe("mailto:a@example.com");
    for (const href of [
      "javascript:1",
      "JaVaScRiPt:1",
      " javascript:1",
      "java\nscript:1",
      "data:,x",
      "//example.com",
      "/n/TBL-1",
    ])
      expect(safeHref(href)).toBeUndefined();
  });

  it("has a plain form for lists", () => {
    expect(plainText("One **row** per `order`.\n\n- a\n- b")).toBe("One row per order. a b");
    expect(plainText("One row per **order**, whatever *it* is.")).toBe("One row per order, whatever it is.");
    expect(plainText("<b>x</b>")).toContain("x");
  });
});
