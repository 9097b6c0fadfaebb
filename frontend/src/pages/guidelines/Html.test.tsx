import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Html } from "./Html";

describe("a guideline's HTML", () => {
  it("keeps headings, pictures and links", () => {
    const { container } = render(
      <Html label="g" html={'<h2>Cups</h2><p><a href="/a">a</a><img src="/b" alt="b"></p>'} />,
    );
    expect(container.querySelectorAll("h2,a,img")).toHaveLength(3);
  });

  it.each([
    ["a script", "<script>alert(1)</script>"],
    ["an event handler", '<img src="x" onerror="alert(1)">'],
    ["a javascript address", '<a href="javascript:alert(1)">x</a>'],
    ["a frame", '<iframe src="https://example.org"></iframe>'],
    ["a form", '<form action="/x"><input name="password"></form>'],
  ])("loses %s", (_what, html) => {
    const { container } = render(<Html label="g" html={html} />);
    expect(container.innerHTML).not.toMatch(/script|onerror|iframe|<form|<input/i);
  });
});
