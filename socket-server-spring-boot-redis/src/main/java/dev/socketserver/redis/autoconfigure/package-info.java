/**
 * Auto-configuration of a cluster's engine on Redis.
 */
@NullMarked
package dev.socketserver.redis.autoconfigure;

import org.jspecify.annotations.NullMarked;
