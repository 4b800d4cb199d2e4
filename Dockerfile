FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json tsconfig.page.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build

FROM node:20-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force

FROM node:20-slim
ENV NODE_ENV=production
COPY package.json LICENSE /app/
COPY --from=dependencies /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
COPY migrations /app/migrations
COPY sql /app/sql
# Where `.env` is looked for and where the embedded Postgres of a try-out keeps its data.
RUN mkdir /data && chown node:node /data
WORKDIR /data
VOLUME /data
USER node
STOPSIGNAL SIGTERM
# Only `run` has a port to ask (/healthz); docker-compose.yml asks it.
HEALTHCHECK NONE
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["run"]
