# What an OpenTofu user would write without a provider for VCC.
terraform {
  required_providers {
    restapi = { source = "Mastercard/restapi" }
  }
}

variable "api" { type = string }
variable "token_endpoint" { type = string }
variable "client_id" { type = string }
variable "client_secret" {
  type      = string
  sensitive = true
}
variable "registrations" { type = number }
variable "callback_token" {
  type      = string
  sensitive = true
}
variable "api_key" {
  type      = string
  sensitive = true
}

provider "restapi" {
  uri           = var.api
  id_attribute  = "provider"
  update_method = "POST"
  headers       = { Accept = "application/vnd.newvoicemedia.v1+json" }

  oauth_client_credentials {
    oauth_client_id      = var.client_id
    oauth_client_secret  = var.client_secret
    oauth_token_endpoint = var.token_endpoint
    oauth_scopes         = ["interactions:write"]
  }
}

resource "restapi_object" "crm" {
  count       = var.registrations
  path        = "/interactions/Register"
  update_path = "/interactions/Register"
  # VCC has no such route; only the benchmark's server has it.
  read_path = "/bench/registrations/{id}"
  data = jsonencode({
    provider = "Crm${count.index}"
    endpoint = "https://crm.example.com/vcc/${count.index}"
    headers = {
      Authorization = "Bearer ${var.callback_token}-${count.index}"
      "X-Api-Key"   = "${var.api_key}-${count.index}"
    }
    agentactionspermitted = { release = 1, hold = 1, transferToAgent = 0, transferToRoute = 0 }
  })
}
