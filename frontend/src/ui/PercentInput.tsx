import { NumberInput, type NumberInputProps } from "@mantine/core";

interface PercentInputProps extends Omit<NumberInputProps, "value" | "onChange" | "suffix" | "decimalScale"> {
  /** From 0 to 1; `min` and `max` are in percent. */
  value: number;
  /** Called with what is a number; an empty field changes nothing. */
  onChange: (share: number) => void;
  /** Digits behind the point. */
  digits?: 0 | 1;
}

/** A share, typed in percent. */
export function PercentInput({ value, onChange, digits = 1, ...rest }: PercentInputProps) {
  const shown = 10 ** digits;
  return (
    <NumberInput
      suffix=" %"
      decimalScale={digits}
      allowDecimal={digits > 0}
      value={Math.round(value * 100 * shown) / shown}
      onChange={(typed) => {
        const percent = Number(typed);
        if (typed !== "" && Number.isFinite(percent)) onChange(percent / 100);
      }}
      {...rest}
    />
  );
}
