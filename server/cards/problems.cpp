// SPDX-License-Identifier: Apache-2.0
#include "server/cards/problems.hpp"

namespace lk::cards {

http::Problem problem_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::unknown_card:
      return {404, "unknown_card", "This card was not registered here; open it first.", "serial"};
    case Refusal::unknown_meter:
      return {404, "unknown_meter", "There is no meter of this number; check it, or register it first.",
              "meter"};
    case Refusal::unknown_purchase:
      return {404, "unknown_purchase", "There is no purchase of this id.", "purchase"};
    case Refusal::card_in_use:
      return {409, "card_in_use", "This card belongs to a meter already; take another one.", "serial"};
    case Refusal::has_card:
      return {409, "has_card", "This meter has a card of its own; if that is lost, replace it.", "meter"};
    case Refusal::id_reused:
      return {409, "id_reused", "This id belongs to another load; make a new id for each.", "id"};
    case Refusal::wrong_kind:
      return {422, "wrong_kind", "This kind of card carries no load of this purpose.", "purpose"};
    case Refusal::replaced:
      return {409, "replaced", "This card was replaced by another one.", "serial"};
    case Refusal::other_meter:
      return {422, "other_meter", "The purchase is for another meter than the card.", "purchase"};
    case Refusal::taken:
      return {409, "taken", "The purchase has reached its meter, or was taken back.", "purchase"};
    case Refusal::nothing_to_load:
      return {422, "nothing_to_load", "There is nothing that this load would bring to the meter.", "purpose"};
    case Refusal::full:
      return {409, "card_full", "More waits on this card than it holds; put it into its meter first.",
              "serial"};
    case Refusal::not_a_statement:
      return {422, "not_a_statement", "These bytes are no statement that this meter has sealed.",
              "statement"};
    case Refusal::other_card:
      return {422, "other_card", "This statement was made for another card.", "statement"};
    case Refusal::no_refund:
      return {422, "no_refund",
              "The card tells of no refund that was ordered here; there is nothing to pay out.", "payout"};
    case Refusal::wrong_proof:
      return {422, "wrong_proof",
              "The meter did not make this proof for this refund, or another amount was paid out for it.",
              "payout"};
    case Refusal::sequence_ended:
      return {503, "sequence_ended", "The meter's order sequence is used up.", "meter"};
    case Refusal::vault_unavailable:
      return {503, "vault_unavailable", "The vault is locked or does not answer; try again.", ""};
  }
  return {500, "internal", "", ""};
}

}  // namespace lk::cards
