import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { NoOrganisation } from "@/app/NoOrganisation";
import { useMay, useOrganisation } from "@/app/organisation";
import { LinkButton, Loaded, Page, Seg, useFormat } from "@/ui";
import { AddMember } from "./AddMember";
import { Invitations } from "./Invitations";
import { MemberTable } from "./MemberTable";
import { OrganisationName } from "./OrganisationName";
import { RoleTable } from "./RoleTable";

const TABS = ["members", "roles"] as const;
type Tab = (typeof TABS)[number];

export default function OrganisationPage() {
  const { t } = useTranslation("organisation");
  const organisation = useOrganisation();
  const maySeeMembers = useMay("members.view");
  const mayEdit = useMay("members.edit");
  const mayHook = useMay("webhooks.edit");
  const maySeeStorages = useMay("storages.view");
  const [params, setParams] = useSearchParams();
  const tab: Tab = params.get("tab") === "roles" || !maySeeMembers ? "roles" : "members";
  if (!organisation) return <NoOrganisation title={t("title")} />;
  return (
    <Page
      title={t("title")}
      within={organisation.name}
      beside={<OrganisationName organisation={organisation} />}
      actions={
        <>
          {maySeeMembers && (
            <Seg
              label={t("tabs")}
              value={tab}
              onChange={(next) => setParams(next === "roles" ? { tab: next } : {}, { replace: true })}
              options={TABS.map((value) => ({ value, label: t(`tab.${value}`) }))}
            />
          )}
          {maySeeStorages && (
            <LinkButton to="/organisation/storages" icon="folder">
              {t("storages")}
            </LinkButton>
          )}
          {mayHook && (
            <LinkButton to="/organisation/webhooks" icon="exchange">
              {t("webhooks")}
            </LinkButton>
          )}
          {mayEdit && <AddMember organisation={organisation} />}
        </>
      }
    >
      <div className="gut">
        {tab === "roles" ? (
          <RoleTable organisation={organisation} />
        ) : (
          <Members organisation={organisation} mayEdit={mayEdit} />
        )}
      </div>
    </Page>
  );
}

function Members({ organisation, mayEdit }: { organisation: Schemas["MyOrganisation"]; mayEdit: boolean }) {
  const { t } = useTranslation("organisation");
  const format = useFormat();
  const query = useQuery({
    queryKey: ["members", organisation.id],
    queryFn: () =>
      api.get<Listed<Schemas["MemberOut"]>>(`/organisations/${organisation.id}/members`, { query: { limit: 500 } }),
  });
  return (
    <>
      <Loaded query={query}>
        {({ results }) => (
          <>
            <div className="row" style={{ marginBottom: 6 }}>
              <h2>{t("tab.members")}</h2>
              <span className="t3 sm">
                {format.number(results.filter((member) => member.state === "active").length)}
              </span>
            </div>
            <MemberTable organisation={organisation} members={results} mayEdit={mayEdit} />
          </>
        )}
      </Loaded>
      {mayEdit && (
        <>
          <hr className="rule" />
          <Invitations organisation={organisation} />
        </>
      )}
    </>
  );
}
