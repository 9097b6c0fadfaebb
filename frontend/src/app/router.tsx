import { createBrowserRouter, type RouteObject } from "react-router";
import { CrashPage } from "./CrashPage";
import { RootLayout } from "./RootLayout";
import { FULL_SCREEN_PAGES, PAGES, type PageModule, PROJECT_PAGES } from "./routes";
import { ProjectLayout } from "./shell/ProjectLayout";
import { ShellLayout } from "./shell/ShellLayout";

function route(path: string, load: PageModule): RouteObject {
  return { path, lazy: async () => ({ Component: (await load()).default }) };
}

export const routes: RouteObject[] = [
  {
    element: <RootLayout />,
    // The page behind this is loading its code; the shell is there within a frame or two.
    HydrateFallback: () => null,
    errorElement: <CrashPage />,
    children: [
      {
        element: <ShellLayout />,
        children: [
          {
            errorElement: <CrashPage />,
            children: [
              { index: true, lazy: async () => ({ Component: (await import("@/pages/projects")).default }) },
              ...PAGES.map(({ path, load }) => route(path, load)),
              {
                path: "projects/:projectId",
                element: <ProjectLayout />,
                children: PROJECT_PAGES.flatMap(({ path, load }) =>
                  !load
                    ? []
                    : path === ""
                      ? { index: true, lazy: async () => ({ Component: (await load()).default }) }
                      : route(path, load),
                ),
              },
              { path: "*", lazy: async () => ({ Component: (await import("./NotFoundPage")).default }) },
            ],
          },
        ],
      },
      ...FULL_SCREEN_PAGES.map(({ path, load }) => route(path, load)),
    ],
  },
  {
    ...route("invite/:token", () => import("@/pages/invite")),
    HydrateFallback: () => null,
    errorElement: <CrashPage />,
  },
];

export const makeRouter = () => createBrowserRouter(routes);
