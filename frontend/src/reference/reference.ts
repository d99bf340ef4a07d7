import SwaggerUIBundle from 'swagger-ui-dist/swagger-ui-es-bundle'
import 'swagger-ui-dist/swagger-ui.css'
import './reference.css'

// The contract as a page of its own, at /docs/api: it loads the document that this very server hands out and nothing
// from elsewhere. What reads can be tried; what writes cannot, because it would write to the election's log.
SwaggerUIBundle({
  dom_id: '#reference',
  url: '/api/v1/openapi.yaml',
  deepLinking: true,
  docExpansion: 'list',
  filter: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  showExtensions: true,
  supportedSubmitMethods: ['get'],
  validatorUrl: null,
  persistAuthorization: false,
})
