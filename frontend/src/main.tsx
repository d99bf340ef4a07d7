import { render } from 'preact'
import { Page } from './shell/page'
import { language } from './state/address'
import { learn } from './text/words'
import './style/base.css'
import './style/shell.css'
import './style/timeline.css'
import './style/drawer.css'
import './style/matrix.css'
import './style/list.css'
import './style/act.css'
import './style/search.css'
import './style/past.css'
import './style/plans.css'
import './style/access.css'
import './style/work.css'
import './style/import.css'
import './style/trail.css'
import './style/live.css'
import './style/print.css'

const root = document.getElementById('page')
// Where the dictionary cannot be had the page speaks the language it knows.
if (root) void learn(language.peek()).then(() => render(<Page />, root))
