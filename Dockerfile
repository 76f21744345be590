# One image for all services: which of them runs is the command.
# The tag is the very Node that package-lock.json holds (a test compares them), so V8, ICU and time zones are pinned.
FROM node:26.10.0-bookworm-slim AS manifests
WORKDIR /app
COPY . .
# What npm reads and links and no more, so that the next stage is built anew when a dependency changes, not when code does.
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc ! -path '*/bin/*' -delete

FROM node:26.10.0-bookworm-slim AS dependencies
WORKDIR /app
COPY --from=manifests /app .
# The lockfile's own Node is the one that is here already: 210 MB less.
RUN npm ci --omit=dev && rm -rf node_modules/node-linux-* node_modules/.bin/node /root/.npm

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production
ENV PATH=/app/node_modules/.bin:$PATH
WORKDIR /app
COPY --from=dependencies /app .
COPY . .
# The image's user "node". All of /app is root's: a service cannot change its own code.
USER 1000:1000
EXPOSE 8080
ENTRYPOINT ["node"]
CMD ["services/engine/src/main.ts"]
