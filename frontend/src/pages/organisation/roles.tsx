import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";

export type Role = Schemas["MyOrganisation"]["role"];
export const ROLES: Role[] = ["owner", "manager", "reviewer", "annotator", "viewer"];

/** The roles that somebody with these actions may give: only owners make owners. */
export function rolesToGive(actions: string[]): Role[] {
  return actions.includes("owners.edit") ? ROLES : ROLES.filter((role) => role !== "owner");
}

interface RoleSelectProps {
  label?: string;
  ariaLabel?: string;
  value: Role;
  roles: Role[];
  disabled?: boolean;
  onChange: (role: Role) => void;
}

export function RoleSelect({ label, ariaLabel, value, roles, disabled, onChange }: RoleSelectProps) {
  const { t } = useTranslation("common");
  const shown = roles.includes(value) ? roles : [value, ...roles];
  return (
    <Select
      label={label}
      aria-label={ariaLabel}
      allowDeselect={false}
      disabled={disabled}
      data={shown.map((role) => ({ value: role, label: t(`role.${role}`) }))}
      value={value}
      comboboxProps={{ withinPortal: true }}
      onChange={(role) => role && onChange(role as Role)}
    />
  );
}
