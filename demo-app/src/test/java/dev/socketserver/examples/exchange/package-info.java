/** What {@code docs/exchange.md} shows. */
package dev.socketserver.examples.exchange;
