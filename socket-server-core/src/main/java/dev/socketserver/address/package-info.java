/**
 * Addresses and networks of peers: how they are written, which belong to which, and how
 * one is banned. Knows no other package.
 */
@NullMarked
package dev.socketserver.address;

import org.jspecify.annotations.NullMarked;
