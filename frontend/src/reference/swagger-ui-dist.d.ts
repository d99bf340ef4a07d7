declare module 'swagger-ui-dist/swagger-ui-es-bundle' {
  export default function SwaggerUIBundle(options: Record<string, unknown>): void
}
