import { render } from 'preact';
import { App } from './app.js';
import { followLinks } from './lib/address.js';

const home = document.getElementById('page');
if (home !== null) {
  document.addEventListener('click', followLinks);
  render(<App />, home);
}
