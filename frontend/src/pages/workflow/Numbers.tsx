import { NumberInput } from "@mantine/core";
import { percent } from "./Picture";

interface PercentProps {
  label: string;
  help?: string;
  /** 0 to 1. */
  value: number;
  onChange: (share: number) => void;
  width?: number;
}

/** A share as people write it. */
export function Percent({ label, help, value, onChange, width }: PercentProps) {
  return (
    <NumberInput
      style={width ? { width } : { flex: 1 }}
      label={label}
      description={help}
      min={0}
      max={100}
      suffix={"\u202f%"}
      decimalScale={1}
      clampBehavior="strict"
      value={percent(value)}
      onChange={(next) => onChange((Number(next) || 0) / 100)}
    />
  );
}

interface WholeProps {
  label: string;
  help?: string;
  value: number;
  min?: number;
  max?: number;
  width?: number;
  onChange: (value: number) => void;
}

export function Whole({ label, help, value, min = 1, max = 50, width, onChange }: WholeProps) {
  return (
    <NumberInput
      style={width ? { width } : { flex: 1 }}
      label={label}
      description={help}
      min={min}
      max={max}
      allowDecimal={false}
      clampBehavior="strict"
      value={value}
      onChange={(next) => onChange(Number(next) || min)}
    />
  );
}
