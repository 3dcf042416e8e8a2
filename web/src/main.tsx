import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/problem";
import { KeysProvider } from "./app/keys";
import { router } from "./app/router";
import { signedOut } from "./app/signedout";
import { Toasts } from "./ui/toast";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/app.css";

const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (err) => {
      if (err instanceof Problem && err.signedOut) signedOut();
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, err) => failures < 2 && err instanceof Problem && err.temporary,
      placeholderData: (before: unknown) => before, // the old page stays until the next one is there
    },
  },
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <KeysProvider>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
      </KeysProvider>
    </QueryClientProvider>
  </StrictMode>,
);
