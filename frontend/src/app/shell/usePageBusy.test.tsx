import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { createMemoryRouter, Outlet, RouterProvider } from "react-router";
import { expect, test } from "vitest";
import { usePageBusy } from "./usePageBusy";

let answer: Record<string, (value: string) => void> = {};
const asked = (name: string) => () =>
  new Promise<string>((resolve) => {
    answer[name] = resolve;
  });

function Shell() {
  return (
    <main aria-busy={usePageBusy()}>
      <Outlet />
    </main>
  );
}

/** Asks for one thing, then for another that needs it, and for a third when a button is pressed. */
function Chained({ name }: { name: string }) {
  const first = useQuery({ queryKey: [name, 1], queryFn: asked(`${name}1`) });
  const second = useQuery({ queryKey: [name, 2], queryFn: asked(`${name}2`), enabled: first.isSuccess });
  const [more, setMore] = useState(false);
  useQuery({ queryKey: [name, 3], queryFn: asked(`${name}3`), enabled: more });
  return (
    <button type="button" onClick={() => setMore(true)}>
      {second.data ?? "waiting"}
    </button>
  );
}

function open() {
  answer = {};
  const queries = new QueryClient();
  const router = createMemoryRouter(
    [
      {
        element: <Shell />,
        children: [
          { path: "/", element: <Chained key="a" name="a" /> },
          { path: "/b", element: <Chained key="b" name="b" /> },
        ],
      },
    ],
    { initialEntries: ["/"] },
  );
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  const busy = () => screen.getByRole("main").getAttribute("aria-busy");
  async function give(name: string) {
    await waitFor(() => expect(answer[name]).toBeDefined());
    await act(async () => answer[name]?.("there"));
  }
  return { queries, router, busy, give };
}

test("a page is busy until the last of what it first asks for is there", async () => {
  const { busy, give } = open();
  expect(busy()).toBe("true");
  await give("a1");
  await waitFor(() => expect(answer.a2).toBeDefined());
  expect(busy()).toBe("true");
  await give("a2");
  await waitFor(() => expect(busy()).toBe("false"));
});

test("what is asked again, or later, does not make a page busy; the next page is busy anew", async () => {
  const { queries, router, busy, give } = open();
  await give("a1");
  await give("a2");
  await waitFor(() => expect(busy()).toBe("false"));
  void queries.invalidateQueries();
  await act(async () => screen.getByRole("button").click());
  await waitFor(() => expect(answer.a3).toBeDefined());
  expect(busy()).toBe("false");
  await act(() => router.navigate("/b"));
  expect(busy()).toBe("true");
  await give("b1");
  await give("b2");
  await give("a3");
  await waitFor(() => expect(busy()).toBe("false"));
});
