/**
 * Whoever logs in or signs up in a tab makes it theirs: it forgets here whom it had before.
 */

import { Tab } from '../connection/tab.js';
import { openTabStorage } from '../storage.js';

document.addEventListener('submit', () => new Tab(openTabStorage()).forget());
