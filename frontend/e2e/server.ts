import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const patience = 110_000

/** The real server: the one at TIENDO_URL, else one of our own in a folder of its own. */
export class Server {
  url = process.env.TIENDO_URL?.replace(/\/$/, '') ?? ''
  /** Whether it is ours to stop. */
  readonly own = !process.env.TIENDO_URL
  #process: ChildProcess | null = null
  readonly #data = this.own ? mkdtempSync(join(tmpdir(), 'tiendo-e2e-')) : ''

  /** On which trial day, and after which commands it serves. */
  constructor(
    private readonly today = '2021-01-25',
    private readonly before: string[][] = [],
  ) {}

  async start(): Promise<void> {
    if (!this.own) return
    const binary = resolve(process.env.TIENDO_BIN ?? '../bin/tiendo')
    for (const command of this.before) {
      execFileSync(binary, [...command, '--today', this.today, '--data', this.#data], { stdio: 'pipe' })
    }
    const port = this.url ? new URL(this.url).port : '0'
    const child = spawn(
      binary,
      ['serve', '--today', this.today, '--listen', `127.0.0.1:${port}`, '--data', this.#data],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#process = child
    this.url = await addressOf(child, binary)
  }

  /** Takes the power away. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    if (this.own) rmSync(this.#data, { recursive: true, force: true })
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = null
    if (!child || child.exitCode !== null) return Promise.resolve()
    return new Promise(done => {
      child.once('exit', () => done())
      child.kill(signal)
    })
  }
}

/** Reads the address that the server prints once it can answer. */
function addressOf(child: ChildProcess, binary: string): Promise<string> {
  return new Promise((done, fail) => {
    let said = ''
    const timer = setTimeout(
      () => fail(new Error(`${binary} printed no address in time:\n${said}`)),
      patience,
    )
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
      if (!address) return
      clearTimeout(timer)
      done(address[0])
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.once('error', error =>
      fail(new Error(`${binary} cannot be started (make build): ${error.message}`)),
    )
    child.once('exit', code => fail(new Error(`${binary} ended with ${code}:\n${said.slice(-2000)}`)))
  })
}
