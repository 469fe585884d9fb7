/**
 * The endpoint of addresses that are banned. The bans are those of the core.
 */
@NullMarked
package dev.socketserver.actuate.ban;

import org.jspecify.annotations.NullMarked;
