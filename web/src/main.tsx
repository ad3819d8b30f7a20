// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import '@fontsource-variable/figtree/wght.css';
import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/shell.css';
import './style/site.css';
import './style/meter.css';
import './style/sale.css';
import './style/tenant.css';
import './style/print.css';
import { App } from './app';
import { followAddress } from './state/route';
import { resume } from './state/site';

followAddress();
void resume();
render(<App />, document.getElementById('app')!);
