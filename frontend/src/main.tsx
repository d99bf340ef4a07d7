import { render } from 'preact'
import { Page } from './shell/page'
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
import './style/print.css'

const root = document.getElementById('page')
if (root) render(<Page />, root)
