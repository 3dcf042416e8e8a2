import { usePage } from "@/app/crumbs";

export default function Page() {
  usePage("Asset");
  return <main id="main" className="page" tabIndex={-1} />;
}
