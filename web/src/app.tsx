// SPDX-License-Identifier: Apache-2.0
/** Which page is shown: log-in without a session, the tenant's page for tenants and at /tenant, else the console. */
import { useEffect } from 'preact/hooks';
import { language, tags } from './i18n';
import { AlarmsPage } from './pages/alarms';
import { CampaignPage } from './pages/campaign';
import { CustomersPage } from './pages/customers';
import { KeysPage } from './pages/keys';
import { LedgerPage } from './pages/ledger';
import { LoginPage } from './pages/login';
import { MeterPage } from './pages/meter';
import { MorePage } from './pages/more';
import { SalesPage } from './pages/sales';
import { Shell } from './pages/shell';
import { SitePage } from './pages/site';
import { TariffsPage } from './pages/tariffs';
import { useCell } from './state/cell';
import { atTenant, route } from './state/route';
import { session, site } from './state/site';
import { TenantPage } from './tenant/tenant';
import { Mark } from './ui/icons';

function Page() {
  const [first, second] = useCell(route);
  switch (first) {
    case 'meters':
      return second ? <MeterPage key={second} number={second} /> : <SitePage />;
    case 'sales':
      return <SalesPage />;
    case 'alarms':
      return <AlarmsPage />;
    case 'customers':
      return <CustomersPage />;
    case 'tariffs':
      return <TariffsPage />;
    case 'keys':
      return second ? <CampaignPage key={second} id={second} /> : <KeysPage />;
    case 'ledger':
      return <LedgerPage />;
    case 'more':
      return <MorePage />;
    default:
      return <SitePage />;
  }
}

export function App() {
  const who = useCell(session);
  const lang = useCell(language);
  const name = useCell(site)?.name;
  useEffect(() => {
    document.documentElement.lang = tags[lang];
  }, [lang]);
  useEffect(() => {
    document.title = name ? `${name} · Latchkey` : 'Latchkey';
  }, [name]);
  if (who === undefined) return <div class="splash"><Mark size={56} /></div>;
  if (who === null) return <LoginPage />;
  if (who.role === 'tenant' || atTenant()) return <TenantPage />;
  return <Shell><Page /></Shell>;
}
