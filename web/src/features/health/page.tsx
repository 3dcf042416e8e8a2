import { usePage } from "@/app/crumbs";

export default function Page() {
  usePage("Health");
  return <main id="main" className="page" tabIndex={-1} />;
}
