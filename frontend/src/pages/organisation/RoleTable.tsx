import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Icon, Loaded } from "@/ui";

/** The one table that decides everything, as the server uses it. */
export function RoleTable({ organisation }: { organisation: Schemas["MyOrganisation"] }) {
  const { t } = useTranslation("organisation");
  const query = useQuery({
    queryKey: ["policy", organisation.id],
    queryFn: () => api.get<Schemas["Policy"]>(`/organisations/${organisation.id}/policy`),
  });
  return (
    <Loaded query={query}>
      {(policy) => (
        <>
          <p className="t2 sm" style={{ marginBottom: 10, maxWidth: "70ch" }}>
            {t("roles.lead")}
          </p>
          <table className="lw-table" style={{ maxWidth: 860 }} aria-label={t("tab.roles")}>
            <thead>
              <tr>
                <th scope="col">{t("roles.action")}</th>
                {policy.roles.map((role) => (
                  <th
                    key={role}
                    scope="col"
                    style={{ width: 90, color: role === organisation.role ? "var(--lw-accent-text)" : undefined }}
                  >
                    {t(`common:role.${role}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {policy.actions.map((row) => (
                <tr key={row.action}>
                  <th scope="row" style={{ position: "static", background: "none", color: "var(--lw-text)" }}>
                    {t(`action.${row.action.replace(".", "_")}`)}
                  </th>
                  {policy.roles.map((role) => (
                    <td key={role}>
                      {row.roles.includes(role) ? (
                        <span className="ok">
                          <Icon name="check" size="s" />
                          <span className="vh">{t("roles.yes")}</span>
                        </span>
                      ) : (
                        <span className="t3">
                          <span aria-hidden="true">–</span>
                          <span className="vh">{t("roles.no")}</span>
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Loaded>
  );
}
