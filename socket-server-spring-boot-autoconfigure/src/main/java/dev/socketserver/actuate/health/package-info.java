/**
 * Health of servers, clients and clusters, each by its name. Reads their states only.
 */
@NullMarked
package dev.socketserver.actuate.health;

import org.jspecify.annotations.NullMarked;
