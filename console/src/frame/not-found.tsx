import { Link } from '@tanstack/react-router'
import { Empty } from '../parts/empty.js'
import { PageTitle } from '../parts/page-title.js'

/** An address that is none. */
export function NotFound() {
  return (
    <>
      <PageTitle title="No such page" />
      <Empty title={`There is nothing at ${location.pathname}.`}>
        The address may be mistyped, or from another version. <Link to="/">Back to the overview</Link>
      </Empty>
    </>
  )
}
