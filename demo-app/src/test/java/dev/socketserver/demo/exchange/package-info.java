/** What {@code docs/exchange.md} shows. */
package dev.socketserver.demo.exchange;
