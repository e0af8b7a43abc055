const POLICY = 'content-security-policy'

/**
 * The same response with our headers. A host's own policy is kept beside ours: browsers enforce both, so the result is
 * never weaker than either. Responses that hide their content (redirects of a navigation) pass as they are.
 */
export function secure(response: Response, headers: Record<string, string>): Response {
  if (response.status === 0) return response
  const secured = new Headers(response.headers)
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() !== POLICY) secured.set(name, value)
    else if (!secured.get(POLICY)?.includes(value)) secured.append(POLICY, value)
  }
  const { status, statusText } = response
  return new Response(response.body, { status, statusText, headers: secured })
}
