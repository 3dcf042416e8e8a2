import { usePage } from "@/app/crumbs";

export default function Page() {
  usePage("Imports");
  return <main id="main" className="page" tabIndex={-1} />;
}
