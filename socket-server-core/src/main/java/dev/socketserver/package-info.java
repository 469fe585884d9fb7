/**
 * What an application writes against: servers and sessions, the forms of handlers, and
 * their specifications. These types name each other, so that they are one package, and
 * the names of most are fixed. Uses the packages of framings, payloads, addresses, TLS
 * material and options, which do not know this one. Nothing here knows Netty, Spring, or
 * how the engine works.
 */
@NullMarked
package dev.socketserver;

import org.jspecify.annotations.NullMarked;
