import './security/trusted-types'
import './ui/styles/tokens.css'
import './ui/styles/base.css'
import './ui/styles/controls.css'
import { mount } from 'svelte'
import { openApp } from './app/app.svelte'
import { locale, preferredLanguage } from './i18n/i18n.svelte'
import App from './ui/App.svelte'

locale.language = preferredLanguage(navigator.languages)
mount(App, {
  target: document.getElementById('app')!,
  props: { open: openApp },
})
