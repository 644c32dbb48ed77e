/**
 * Entry point of the log-in and sign-up pages. Submitting the form makes this tab the new user's, so the tab's former
 * identity is removed.
 */

import { TabIdentity } from './connection/tab-identity.js';
import { activatePasswordButtons } from './show-password.js';
import { openTabStorage } from './storage.js';

activatePasswordButtons(document);
document.addEventListener('submit', () => new TabIdentity(openTabStorage()).forget());
