# The image: one static binary and the certificates of the authorities it may
# have to trust. Built by docker compose, or: docker build -t tiendo .
# A test (api/cmd/tiendo/dockerfile_test.go) runs the COPY and RUN lines of the
# first two stages in an empty folder: keep their paths relative to WORKDIR.

FROM node:20-bookworm-slim AS page
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM golang:1.26-bookworm AS build
ARG VERSION=unknown
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . ./
COPY --from=page /src/frontend/dist frontend/dist
RUN CGO_ENABLED=0 go build -buildvcs=false -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o tiendo ./api/cmd/tiendo

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/tiendo /tiendo
# Nobody: no such user is needed in the image, nothing is written to it.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/tiendo"]
CMD ["serve"]
