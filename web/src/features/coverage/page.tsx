import { usePage } from "@/app/crumbs";

export default function Page() {
  usePage("Coverage");
  return <main id="main" className="page" tabIndex={-1} />;
}
