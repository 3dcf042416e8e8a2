import { useState } from "react";
import { LetterKeys } from "@/app/letterkeys";
import { appearance, setAppearance } from "@/lib/appearance";
import { Segments } from "@/ui/segments";

/** Theme, density and keys of this browser. */
export function Appearance() {
  const [chosen, setChosen] = useState(appearance);
  const choose = (patch: Partial<typeof chosen>) => {
    const next = { ...chosen, ...patch };
    setChosen(next);
    setAppearance(next);
  };
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Appearance</h1>
          <p>Of this browser.</p>
        </div>
      </div>
      <div className="field">
        <span className="lb">Theme</span>
        <Segments
          label="Theme"
          values={[
            { value: "system", label: "As the system" },
            { value: "light", label: "Light" },
            { value: "dark", label: "Dark" },
          ]}
          value={chosen.theme}
          onChange={(theme) => choose({ theme })}
        />
      </div>
      <div className="field">
        <span className="lb">Density</span>
        <Segments
          label="Density"
          values={[
            { value: "comfortable", label: "Comfortable" },
            { value: "compact", label: "Compact" },
          ]}
          value={chosen.density}
          onChange={(density) => choose({ density })}
        />
      </div>
      <div className="field">
        <LetterKeys />
        <p className="hint">? lists them.</p>
      </div>
    </>
  );
}
