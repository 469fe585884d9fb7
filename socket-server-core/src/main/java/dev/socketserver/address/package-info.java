/**
 * Addresses and networks of peers: how they are written, and which belong to which. Knows
 * no other package.
 */
@NullMarked
package dev.socketserver.address;

import org.jspecify.annotations.NullMarked;
